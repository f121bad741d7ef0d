package dev.tollgate.dashboard;

import dev.tollgate.CallRecord;
import dev.tollgate.OpenCall;
import java.time.Instant;
import java.util.List;

/** A caller's calls under way, each with a button that gives back what it holds. Immutable. */
record OpenCallsView(
    String caller, List<OpenCall> calls, Instant now, Numbers numbers, ActionForm form) {

  void write(Html html) {
    if (calls.isEmpty()) {
      return;
    }
    html.open("section", "class", "card").element("h2", "Under way");
    html.open("ul", "class", "blocks");
    calls.forEach(call -> write(html, call));
    html.close();
    html.element(
        "p",
        "A release gives back to the caller what a call holds. One that ends after all is charged.",
        "class",
        "fine");
    html.close();
  }

  private void write(Html html, OpenCall open) {
    CallRecord call = open.call();
    html.open("li").open("p", "class", "line");
    html.open("span").text(call.route() + " ").foreign(call.model()).close();
    html.element("span", numbers.dollars(call.costNanoUsd()) + " held");
    html.close().open("p", "class", "forecast").text("Since ");
    Words.writeTime(html, call.at());
    html.text(
        ", %s tokens in and %s out, given back in "
            .formatted(numbers.count(call.inputTokens()), numbers.count(call.outputTokens())));
    Words.writeUntil(html, now, open.expiresAt());
    html.close();
    form.write(
        html,
        CallerActions.RELEASE,
        caller,
        List.of(new ActionForm.Choice(call.id(), "Release", "")));
    html.close();
  }
}
