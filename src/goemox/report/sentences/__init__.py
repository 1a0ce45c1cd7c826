"""The words of the report: each figure's sentence, and the summary, made from the numbers alone.

A difference is called a finding only where a test found it and enough texts stand behind it
(`verdicts`); everything else is said to be flat, slight, untested or too few.
"""
