package dev.tollgate.cdi;

import com.openai.errors.OpenAIServiceException;
import dev.tollgate.providers.ProviderLimit;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the codes of what openai-java throws. Stateless. */
final class OpenAiFailures implements LimitReader {

  private static final Pattern CODE = Pattern.compile("[a-z0-9_]{1,64}");

  @Override
  public Optional<ProviderLimit> read(Throwable failure) {
    if (!(failure instanceof OpenAIServiceException refused)) {
      return Optional.empty();
    }
    String body =
        "{\"error\":{\"code\":\"%s\",\"type\":\"%s\"}}"
            .formatted(plain(refused.code()), plain(refused.type()));
    return ProviderLimit.read(
        refused.statusCode(),
        refused.headers().values("Retry-After").stream().findFirst(),
        body.getBytes(StandardCharsets.UTF_8));
  }

  private static String plain(Optional<String> code) {
    return code.filter(text -> CODE.matcher(text).matches()).orElse("");
  }
}
