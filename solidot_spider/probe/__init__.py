"""The probe: does the parser still fit the live site? A few known pages are asked, and each part of them is named."""
