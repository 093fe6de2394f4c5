"""The list of a browser's conversations beside the chat: its layout, its words, and what the page's script sends."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assistant.ui.pieces import piece
from assistant.ui.quiet_gradio import gr
from assistant.ui.sessions import Session
from assistant.ui.texts import say
from assistant.ui.transcripts import SHOWN, Listed

HEAD_EVENTS = """
let typing;
element.addEventListener('click', (event) => {
  if (event.target.closest('[data-talk-new]')) trigger('click', {act: 'new'});
});
element.addEventListener('input', (event) => {
  clearTimeout(typing);
  typing = setTimeout(() => trigger('click', {act: 'search', text: event.target.value}), 250);
});
"""
"""Runs in the page: a new conversation, and a search as one types."""
LIST_EVENTS = """
const item = (event) => event.target.closest('[data-talk]');
const show = (talk, renaming) => {
  talk.classList.toggle('is-renaming', renaming);
  const input = talk.querySelector('input');
  if (renaming) { input.value = input.defaultValue; input.focus(); input.select(); }
};
element.addEventListener('click', (event) => {
  const talk = item(event);
  if (!talk) return;
  const id = talk.dataset.talk;
  const remove = event.target.closest('[data-talk-delete]');
  if (event.target.closest('[data-talk-open]')) trigger('click', {act: 'open', id});
  if (event.target.closest('[data-talk-rename]')) show(talk, true);
  if (remove && confirm(remove.dataset.confirm)) trigger('click', {act: 'delete', id});
});
element.addEventListener('submit', (event) => {
  event.preventDefault();
  const talk = item(event);
  const input = talk.querySelector('input');
  const changed = input.value.trim() && input.value !== input.defaultValue;
  if (changed) trigger('click', {act: 'rename', id: talk.dataset.talk, text: input.value});
  if (changed) talk.querySelector('[data-talk-open] span').textContent = input.value;
  show(talk, false);
  talk.querySelector('[data-talk-open]').focus();
});
element.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !item(event)?.classList.contains('is-renaming')) return;
  show(item(event), false);
  item(event).querySelector('[data-talk-open]').focus();
});
element.addEventListener('focusout', (event) => {
  const talk = item(event);
  if (event.target.matches('input') && talk) show(talk, false);
});
"""
"""Runs in the page: a click opens, the pencil renames in place (Enter keeps, Escape leaves it), a deletion is confirmed."""


def build_list() -> tuple[gr.HTML, gr.HTML]:
    """Lay out the list: what is above it, and the list itself."""
    head = gr.HTML(elem_id="fq-talks-head", js_on_load=HEAD_EVENTS, apply_default_css=False)
    return head, gr.HTML(elem_id="fq-talks", js_on_load=LIST_EVENTS, apply_default_css=False)


def head_html(language: str) -> str:
    """The button for a new conversation and the box to search them."""
    return piece("talks_head", language)


def list_html(session: Session, tab: str) -> str:
    """The conversations of the browser, with the one that its page ``tab`` shows marked."""
    search, shown = session.searches.get(tab, ""), session.talk(tab).id
    found = session.listed(search, SHOWN + 1)
    talks = [_entry(talk, shown, session.language) for talk in found[:SHOWN]]
    return piece("talks", session.language, talks=talks, search=search, more=len(found) > SHOWN)


def _entry(talk: Listed, shown: str, language: str) -> dict[str, Any]:
    title = talk.title or say("talk_untitled", language)
    return {"id": talk.id, "title": title, "when": _when(talk.updated, language), "current": talk.id == shown}


def _when(seconds: float, language: str) -> str:
    moment = dt.datetime.fromtimestamp(seconds).astimezone()
    if moment.date() == dt.datetime.now().astimezone().date():
        return say("talk_today", language, time=f"{moment:%H:%M}")
    return moment.date().isoformat()
