package dev.tollgate.providers;

import com.knuddels.jtokkit.api.EncodingType;
import java.util.regex.Pattern;

/**
 * Models that share a tokenizer, or at least its makers' rule of thumb. In the order in which a
 * model's name is tried.
 */
enum ModelFamily {
  O200K("gpt-4o|gpt-4\\.|gpt-([5-9]|\\d\\d)|gpt-oss|chatgpt|gpt-realtime|gpt-audio|o\\d", 250),
  CL100K("gpt-4|gpt-3\\.5|text-embedding", 260),
  /** A token for 3.5 characters, says Anthropic. */
  CLAUDE("claude", 290),
  /** A token for 4 characters, says Google. */
  GEMINI("gemini|gemma", 250),
  LLAMA("llama|meta-llama", 260),
  MISTRAL("mistral|ministral|magistral|codestral|devstral|pixtral|mixtral|open-mi", 280),
  /** A token for 3.3 characters of English, says DeepSeek. */
  DEEPSEEK("deepseek", 300),
  GROK("grok", 260),
  QWEN("qwen|qwq", 270),
  /** Whatever else: rather too many tokens than too few. */
  OTHER("", 300);

  private final Pattern names;
  private final int tokensPerThousandBytes;

  ModelFamily(String names, int tokensPerThousandBytes) {
    this.names = Pattern.compile("(ft:)?(" + names + ").*");
    this.tokensPerThousandBytes = tokensPerThousandBytes;
  }

  /** The family of a model, which may have its provider's name before it. */
  static ModelFamily of(String model) {
    String name = model.substring(model.lastIndexOf('/') + 1);
    for (ModelFamily family : values()) {
      if (family.names.matcher(name).matches()) {
        return family;
      }
    }
    return OTHER;
  }

  FactorCounter byFactor() {
    return new FactorCounter(tokensPerThousandBytes);
  }

  boolean hasEncoding() {
    return this == O200K || this == CL100K;
  }

  /** The tokenizer of a family that {@link #hasEncoding}. */
  EncodingType encoding() {
    return this == O200K ? EncodingType.O200K_BASE : EncodingType.CL100K_BASE;
  }
}
