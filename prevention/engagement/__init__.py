"""Anonymous counts. Of our own code it imports prevention.clock only; it knows neither pages nor people.

A view notes on its answer what one delivery counts as, in strings. CountsMiddleware passes that to
`count_answer`, which applies the human filter, and a thread adds the sums to the database once a second.
"""
