"""What the Rasa server loads; the only place that imports rasa. Imports nothing of ours but `bot.language`."""
