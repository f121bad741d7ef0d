package dev.tollgate.providers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which models may reason before they answer. Reasoning is billed as output, and many streams do
 * not show it: OpenAI's chat completions never, Anthropic's and Google's as a summary. A model that
 * is not known may.
 */
final class ReasoningModels {

  /** Those that cannot. */
  private static final Pattern NEVER =
      Pattern.compile(
          "gpt-3\\.5.*|gpt-4([.o-].*)?|chatgpt-4o.*|text-.*|davinci.*|babbage.*"
              + "|claude-(instant|2|3)([.-].*)?"
              + "|gemini-(1\\.|2\\.0-(?!.*thinking)).*|gemma-?[23]?([:n-].*)?"
              + "|(meta-)?llama(?!.*nemotron).*|mixtral.*|codestral.*|pixtral.*|open-mi.*|ministral-[38]b-24.*"
              + "|qwen-?2.*|phi-?3.*|command-r.*");

  /** Those that do when a request asks for it. */
  private static final Pattern ON_REQUEST =
      Pattern.compile("claude-3-7-.*|claude-(opus|sonnet|haiku)-4([.-].*)?");

  private static final List<String> REQUESTS =
      List.of("thinking", "reasoning", "reasoning_effort", "think");

  private ReasoningModels() {}

  /** Whether a request's model may reason. */
  static boolean include(String model, ObjectNode request) {
    String name = model.substring(model.lastIndexOf('/') + 1);
    if (ON_REQUEST.matcher(name).matches()) {
      return REQUESTS.stream().anyMatch(request::hasNonNull);
    }
    return !NEVER.matcher(name).matches();
  }
}
