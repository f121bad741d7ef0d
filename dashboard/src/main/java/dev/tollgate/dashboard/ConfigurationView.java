package dev.tollgate.dashboard;

import dev.tollgate.config.ConfigurationException.Problem;
import dev.tollgate.config.ConfigurationState;
import dev.tollgate.config.ConfiguredValue;
import java.util.List;

/** The values in force, each with its origin, in HTML. Immutable. */
record ConfigurationView(ConfigurationState state) {

  void write(Html html) {
    if (!state.rejected().isEmpty()) {
      writeRejected(html);
    }
    html.open("section", "class", "card").element("h2", "Configuration", "id", "configured");
    html.element(
        "p",
        "These values are in force. Those of the origin \""
            + "default\" are not configured. Secrets are not shown.",
        "class",
        "explained");
    WideTable.open(html, "configured", List.of("Key", "Value", "Origin"), List.of());
    for (ConfiguredValue value : state.values()) {
      html.open("tr").element("td", value.key());
      html.open("td", "class", "wrap").foreign(value.value()).close();
      html.open("td", "class", "wrap fine").foreign(value.origin()).close().close();
    }
    WideTable.close(html);
    html.close();
  }

  private void writeRejected(Html html) {
    html.open("section", "class", "notice", "data-kind", "warn", "aria-label", "Rejected");
    html.element("p", "The changed configuration is wrong and not in force:").open("ul");
    for (Problem problem : state.rejected()) {
      html.open("li", "class", "wrap").foreign(problem.toString()).close();
    }
    html.close().close();
  }
}
