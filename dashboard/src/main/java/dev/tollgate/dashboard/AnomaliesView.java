package dev.tollgate.dashboard;

import dev.tollgate.Alert;
import dev.tollgate.AnomalyPolicy;
import dev.tollgate.Caller;
import dev.tollgate.Tollgate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The callers whose use was found abnormal last, and what becomes of them now, in HTML. Immutable.
 *
 * @param base the address of the operators' pages
 */
record AnomaliesView(Tollgate tollgate, Instant now, String base) {

  /** Each of them is a question to the store. */
  private static final int MAX_CALLERS = 10;

  void write(Html html) {
    List<Alert> latest = latest();
    if (latest.isEmpty()) {
      return;
    }
    html.open("section", "class", "card").element("h2", "Abnormal callers", "id", "anomalies");
    WideTable.open(html, "anomalies", List.of("Time", "Caller", "What happened", "Now"), List.of());
    latest.forEach(alert -> write(html, alert));
    WideTable.close(html);
    html.close();
  }

  /** The latest of each caller. */
  private List<Alert> latest() {
    Map<String, Alert> byCaller = new LinkedHashMap<>();
    tollgate.anomalies().forEach(alert -> byCaller.putIfAbsent(alert.subject(), alert));
    return byCaller.values().stream().limit(MAX_CALLERS).toList();
  }

  private void write(Html html, Alert alert) {
    html.open("tr").open("td");
    Words.writeTime(html, alert.at());
    html.close().open("td", "class", "wrap");
    html.open("a", "href", CallerSearch.address(base, alert.subject()));
    html.foreign(alert.subject()).close().close();
    html.open("td", "class", "wrap").foreign(Words.sentence(alert.message())).close().open("td");
    Optional<Instant> end = end(alert);
    if (end.isPresent()) {
      html.open("span", "class", "tag", "data-mode", mode()).text(effect() + " for ");
      Words.writeUntil(html, now, end.get());
      html.close();
    } else {
      html.element("span", "Over", "class", "tag");
    }
    html.close().close();
  }

  private Optional<Instant> end(Alert alert) {
    String tier = alert.details().getOrDefault("tier", "");
    return tollgate.policies().tiers().containsKey(tier)
        ? tollgate.abnormalUntil(new Caller(alert.subject(), tier))
        : Optional.empty();
  }

  private AnomalyPolicy.Action action() {
    return tollgate.policies().spending().anomalies().action();
  }

  private String mode() {
    return action() == AnomalyPolicy.Action.BLOCK ? "stopped" : "restricted";
  }

  private String effect() {
    return switch (action()) {
      case RESTRICT -> "Restricted";
      case BLOCK -> "Blocked";
      case ALERT, OFF -> "Watched";
    };
  }
}
