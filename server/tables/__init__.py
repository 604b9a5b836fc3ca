"""List answers as tables for people who work in spreadsheets: CSV and xlsx."""
