package dev.tollgate.alerts;

import dev.tollgate.Alert;
import dev.tollgate.AlertSink;
import dev.tollgate.AlertSinkFactory;
import java.time.Duration;
import java.util.Set;
import javax.net.ssl.SSLSocketFactory;

/**
 * Opens {@code webhook:}, {@code slack:}, {@code alertmanager:} and {@code pagerduty:} sinks. A
 * webhook is told everything; people are spared what single callers bring about, and at night also
 * what can wait for the morning.
 */
public final class HttpSinkFactory implements AlertSinkFactory {

  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final Set<String> SCHEMES =
      Set.of("webhook", "slack", "alertmanager", "pagerduty");

  @Override
  public boolean opens(String scheme) {
    return SCHEMES.contains(scheme);
  }

  @Override
  public AlertSink open(String scheme, String address, Options options) {
    return switch (scheme) {
      case "webhook" -> {
        byte[] unused = WebhookFormat.key(options.secret());
        yield sink(
            scheme,
            new WebhookFormat(options.secret(), options.clock()),
            Endpoint.parse(address),
            options);
      }
      case "slack" -> sink(scheme, new SlackFormat(), Endpoint.parse(address), options);
      case "alertmanager" ->
          sink(
              scheme,
              new AlertmanagerFormat(),
              Endpoint.parse(address).under(AlertmanagerFormat.PATH),
              options);
      case "pagerduty" ->
          sink(scheme, new PagerDutyFormat(address), PagerDutyFormat.ENDPOINT, options);
      default -> throw new IllegalArgumentException("is not a kind of sink");
    };
  }

  private static AlertSink sink(
      String scheme, MessageFormat format, Endpoint endpoint, Options options) {
    SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
    Poster poster = new Poster(endpoint, options.privateAddresses(), tls, DEADLINE);
    return new HttpSink(
        scheme + ":" + endpoint.hostHeader(),
        leastSeverity(scheme),
        format,
        poster,
        options.clock());
  }

  private static Alert.Severity leastSeverity(String scheme) {
    return switch (scheme) {
      case "webhook" -> Alert.Severity.INFO;
      case "pagerduty" -> Alert.Severity.ERROR;
      default -> Alert.Severity.WARNING;
    };
  }
}
