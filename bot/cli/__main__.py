"""`python -m bot.cli`: the command line, with every error in one line."""

from bot.cli.main import run

if __name__ == "__main__":
    run()
