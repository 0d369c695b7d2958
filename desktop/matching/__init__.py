"""Who is the same: rows of one table that speak of one person or firm, found without anybody's labels.

`table` holds the rows, `blocking` says which two are worth a look, `agreement` how far their columns agree, `mixture`
what such agreement is worth, `links` puts it together and `clusters` turns pairs into groups.
"""
