"""The encrypted store: SQLCipher through SQLAlchemy. Rows stay here; frozen dataclasses come out.

Promises: one transaction is all or nothing and durable once committed; a store that cannot be opened is left exactly
as it was found. Imports domain and system only.
"""
