package dev.tollgate.config;

import java.util.ArrayList;
import java.util.List;

/** Reads where alerts go. */
final class AlertReader {

  private static final Key ALERTS = Key.single("alerts");
  private static final String EXAMPLE = "log, slack:https://hooks.slack.com/services/...";
  private static final int MAX_SINKS = 20;
  private static final int MIN_SECRET_LENGTH = 16;

  private static final Syntax<SinkAddress> SINK = new Syntax<>(EXAMPLE, SinkAddress::parse);

  private static final Syntax<Boolean> PRIVATE_ADDRESSES =
      new Syntax<>(
          "allow or refuse",
          text ->
              switch (text) {
                case "allow" -> true;
                case "refuse" -> false;
                default -> throw new IllegalArgumentException("must be allow or refuse");
              });

  private static final Syntax<String> SECRET =
      new Syntax<>(
          "a random secret of 32 characters, which receivers know",
          text -> {
            if (text.length() < MIN_SECRET_LENGTH) {
              throw new IllegalArgumentException(
                  "is shorter than " + MIN_SECRET_LENGTH + " characters");
            }
            return text;
          });

  private final Values values;
  private final Sinks sinks;

  AlertReader(Values values, Sinks sinks) {
    this.values = values;
    this.sinks = sinks;
  }

  AlertSettings read() {
    AlertSettings settings =
        new AlertSettings(
            addresses(),
            values.get("alerts-private-addresses", PRIVATE_ADDRESSES, false),
            values.get("alerts-secret", SECRET, ""));
    settings.sinks().forEach(sink -> check(sink, settings));
    return settings;
  }

  private List<SinkAddress> addresses() {
    if (!values.has(ALERTS)) {
      return List.of(new SinkAddress(LogSink.SCHEME, ""));
    }
    List<SinkAddress> addresses = new ArrayList<>();
    for (SinkAddress address : values.list(ALERTS, SINK)) {
      if (addresses.stream().anyMatch(address::isWhere)) {
        values.report(ALERTS, "lists " + address + " twice", "remove one");
      } else {
        addresses.add(address);
      }
    }
    if (addresses.size() > MAX_SINKS) {
      values.report(ALERTS, "lists over " + MAX_SINKS + " sinks", "remove some");
    }
    return addresses;
  }

  /** A sink that is opened holds nothing before it delivers. */
  private void check(SinkAddress sink, AlertSettings settings) {
    try {
      sinks.open(sink, settings).close();
    } catch (IllegalArgumentException wrong) {
      values.report(ALERTS, sink + " " + wrong.getMessage(), "write for example " + EXAMPLE);
    }
  }
}
