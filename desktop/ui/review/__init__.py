"""The review page: the list of cards, the mail a card rests on, and the card itself."""
