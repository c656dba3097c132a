"""The probe: fetches a few known pages and says part by part whether the parser still fits the live site."""
