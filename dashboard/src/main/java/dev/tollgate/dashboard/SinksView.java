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
    WideTable.open(
        html,
        "sinks",
        List.of("Sink", "State"),
        List.of("Delivered", "Retried", "Waiting", "Lost"));
    sinks.forEach(sink -> write(html, sink));
    WideTable.close(html);
    html.close();
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
