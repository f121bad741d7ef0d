package dev.tollgate.cdi;

import com.anthropic.errors.AnthropicServiceException;
import dev.tollgate.providers.ProviderLimit;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the errors that anthropic-java throws. Stateless. */
final class AnthropicFailures implements LimitReader {

  /** What JSON would have to escape, and no message that is looked for has. */
  private static final Pattern ESCAPED = Pattern.compile("[\\p{Cntrl}\"\\\\]");

  @Override
  public Optional<ProviderLimit> read(Throwable failure) {
    if (!(failure instanceof AnthropicServiceException refused)) {
      return Optional.empty();
    }
    String body =
        """
        {"type":"error","error":{"type":"%s","message":"%s","details":{"error_code":"%s"}}}"""
            .formatted(
                plain(refused.errorType().map(Object::toString)),
                plain(refused.apiMessage()),
                plain(refused.errorCode()));
    return ProviderLimit.read(
        refused.statusCode(),
        refused.headers().values("Retry-After").stream().findFirst(),
        body.getBytes(StandardCharsets.UTF_8));
  }

  private static String plain(Optional<String> text) {
    return text.map(found -> ESCAPED.matcher(found).replaceAll(" ")).orElse("");
  }
}
