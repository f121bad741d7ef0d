package dev.tollgate.alerts;

import dev.tollgate.Alert;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A message of Slack in blocks. What comes from outside can neither mention people nor link. */
record SlackFormat() implements MessageFormat {

  /** Slack takes 3000 characters in a block; an escaped one can be five. */
  private static final int MAX_TEXT = 500;

  @Override
  public Message message(Alert alert) {
    String title = alert.kind().word().replace('-', ' ');
    String headline =
        "*Tollgate: " + title + "* " + escaped(alert.subject()) + "\n" + escaped(alert.message());
    String details =
        new TreeMap<>(alert.details())
            .entrySet().stream()
                .map(detail -> detail.getKey() + ": " + detail.getValue())
                .collect(Collectors.joining(" · "));
    String context = alert.at() + (details.isEmpty() ? "" : " · " + escaped(details));
    return Message.json(
        Map.of(
            "text",
            headline,
            "blocks",
            List.of(
                Map.of("type", "section", "text", mrkdwn(headline)),
                Map.of("type", "context", "elements", List.of(mrkdwn(context))))));
  }

  private static Map<String, String> mrkdwn(String text) {
    return Map.of("type", "mrkdwn", "text", text);
  }

  private static String escaped(String text) {
    String cut = text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...";
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
