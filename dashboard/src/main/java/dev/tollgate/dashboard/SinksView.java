package dev.tollgate.dashboard;

import dev.tollgate.SinkState;
import java.util.List;

/** How the sinks of alerts do, in HTML. Immutable. */
record SinksView(List<SinkState> sinks, Numbers numbers) {

  void write(Html html) {
    if (sinks.isEmpty()) {
      return;
    }
    html.open("section", "class", "card").element("h2", "Where alerts go", "id", "sinks");
    html.open(
        "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-labelledby", "sinks");
    html.open("table").open("thead").open("tr");
    for (String heading : List.of("Sink", "State")) {
      html.element("th", heading, "scope", "col");
    }
    for (String heading : List.of("Delivered", "Retried", "Waiting", "Lost")) {
      html.element("th", heading, "scope", "col", "class", "number");
    }
    html.close().close().open("tbody");
    sinks.forEach(sink -> write(html, sink));
    html.close().close().close().close();
  }

  private void write(Html html, SinkState sink) {
    html.open("tr").open("td", "class", "wrap").foreign(sink.name()).close().open("td");
    if (sink.lost() > 0) {
      html.element("span", "Has lost alerts", "class", "tag", "data-mode", "stopped");
    } else if (sink.waiting() > 0) {
      html.element("span", "Alerts wait", "class", "tag", "data-mode", "restricted");
    } else {
      html.element("span", "Delivers", "class", "tag", "data-mode", "full");
    }
    html.close();
    for (long count : new long[] {sink.delivered(), sink.retried(), sink.waiting(), sink.lost()}) {
      html.element("td", numbers.count(count), "class", "number");
    }
    html.close();
  }
}
