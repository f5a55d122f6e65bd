# List the recipes
_default:
    @just --list --unsorted

# Build the documentation as a site; a link that leads nowhere is an error
docs:
    uv run --group docs sphinx-build --quiet --fail-on-warning --keep-going --conf-dir docs . build/site
    @echo "Open build/site/index.html"
