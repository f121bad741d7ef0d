package dev.tollgate.providers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Supplier;

/** A wire format of AI providers. */
public enum Protocol {
  /** OpenAI's chat completions, Responses and embeddings, and every server compatible with them. */
  OPENAI(OpenAiAnswers::new, new OpenAiRequests()),
  /** Anthropic's Messages. */
  ANTHROPIC(AnthropicAnswers::new, new AnthropicRequests()),
  /** Google's {@code generateContent} and {@code streamGenerateContent}. */
  GEMINI(GeminiAnswers::new, new GeminiRequests()),
  /** Ollama's {@code /api/chat} and {@code /api/generate}. */
  OLLAMA(OllamaAnswers::new, new OllamaRequests());

  private static final RequestDialect EMBEDDINGS = new EmbeddingRequests();

  private final Supplier<AnswerDialect> answers;
  private final RequestDialect requests;

  Protocol(Supplier<AnswerDialect> answers, RequestDialect requests) {
    this.answers = answers;
    this.requests = requests;
  }

  /** Reads one answer. */
  AnswerDialect answerDialect() {
    return answers.get();
  }

  /** Reads such a request, sent to such a path. */
  RequestDialect requestDialect(ObjectNode body, String path) {
    return this == OPENAI && EmbeddingRequests.include(body, path) ? EMBEDDINGS : requests;
  }
}
