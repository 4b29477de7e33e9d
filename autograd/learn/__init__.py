"""Learning by repair: small files with one fault each, a quiz on any graph, and worksheets with solutions."""
