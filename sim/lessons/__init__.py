"""Stories that teach what the model is about: predict, run, reveal, explain, vary, debrief, sandbox.

    for story in stories():
        for step in story.steps():     # str (Markdown), Predict, Run or Sandbox
            ...
    reveal = play(run)                 # table, outcome, sentence; draw(reveal) is its picture
    right = predict.answer(reveal.outcome)

No result of the model stands in a text: what is right is read off the runs when it is shown.
"""

from sim.lessons.drawing import draw
from sim.lessons.measures import MEASURES, Measure
from sim.lessons.models import Case, Choice, Game, Predict, Round, Run, Sandbox, Step, Story, Term
from sim.lessons.playing import Reveal, play, solve
from sim.lessons.reading import glossary, read_story, stories, story

__all__ = [
    "MEASURES", "Case", "Choice", "Game", "Measure", "Predict", "Reveal", "Round", "Run", "Sandbox", "Step", "Story",
    "Term", "draw", "glossary", "play", "read_story", "solve", "stories", "story",
]  # fmt: skip
