"""The documentation site: pages of docs/, what README says, and the text of every file that they link to.

    python -m website        # make docs: assembles the pages, builds site/, and looks at what was built

Pages are written for the repository: their links lead to files beside them. `assemble` leads these links to pages of
the site, `written` has the parts that are made from the code, `built` looks for links that lead nowhere and for
anything that a browser would fetch from another host. What a page holds between fences is run by tests/website.
`numbers` plays what README tells in numbers and writes them there, if `premises` holds.
"""
