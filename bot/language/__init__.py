"""What words mean: spelling, danger signals, red flags, intents.

Pure functions of text. Written for Python 3.10 because the Rasa interpreter loads this
package too; tested in both interpreters. Imports nothing else of the product.
"""
