"""Exports of other tools into projects. A format reads its tool's files into journeys; one writer writes them."""
