package dev.tollgate.dashboard;

import dev.tollgate.config.ConfiguredValue;
import java.util.List;

/** The values that are configured, each with its origin, in HTML. Immutable. */
record ConfigurationView(List<ConfiguredValue> values) {

  void write(Html html) {
    html.open("section", "class", "card").element("h2", "Configuration", "id", "configured");
    html.element(
        "p", "What is not here has its default. Secrets are not shown.", "class", "explained");
    html.open(
        "div",
        "class",
        "scroll",
        "tabindex",
        "0",
        "role",
        "region",
        "aria-labelledby",
        "configured");
    html.open("table").open("thead").open("tr");
    for (String heading : List.of("Key", "Value", "Origin")) {
      html.element("th", heading, "scope", "col");
    }
    html.close().close().open("tbody");
    for (ConfiguredValue value : values) {
      html.open("tr").element("td", value.key());
      html.open("td", "class", "wrap").foreign(value.value()).close();
      html.open("td", "class", "wrap fine").foreign(value.origin()).close().close();
    }
    html.close().close().close().close();
  }
}
