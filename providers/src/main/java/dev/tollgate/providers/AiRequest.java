package dev.tollgate.providers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.Estimate;
import dev.tollgate.TokenCounter;
import dev.tollgate.Usage;
import dev.tollgate.providers.BadRequestException.Rule;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A request to an AI provider, to be priced and, if need be, made smaller. All that is not
 * rewritten stays as it came: order, unknown keys, digits of numbers. Immutable.
 */
public final class AiRequest {

  /** The most bytes of a body: 1 MiB. */
  public static final int MAX_BODY_BYTES = 1 << 20;

  private final Protocol protocol;
  private final String path;
  private final ObjectNode root;
  private final RequestDialect dialect;
  private final byte[] bytes;
  private final Map<Extra, String> extras;
  private final PromptSize size;

  private AiRequest(
      Protocol protocol, String path, ObjectNode root, RequestDialect dialect, byte[] bytes) {
    this.protocol = protocol;
    this.path = path;
    this.root = root;
    this.dialect = dialect;
    this.bytes = bytes;
    this.extras =
        Extras.of(root, model(), turns().<Iterable<JsonNode>>map(all -> all).orElse(List.of()));
    this.size = size();
  }

  /**
   * Reads a request whole: what it returns answers every question without an error.
   *
   * @param path the path it was sent to, without a query; Gemini's names the model, OpenAI's tells
   *     embeddings from answers
   * @throws BadRequestException when the body breaks a rule
   */
  public static AiRequest read(Protocol protocol, String path, byte[] body) {
    if (body.length > MAX_BODY_BYTES) {
      throw new BadRequestException(
          Rule.SIZE,
          "body of " + body.length + " bytes: must have at most " + MAX_BODY_BYTES + "; send less");
    }
    ObjectNode root = parse(body);
    RequestDialect dialect = protocol.requestDialect(root, path);
    AiRequest request = new AiRequest(protocol, path, root, dialect, body.clone());
    request.check();
    return request;
  }

  private static ObjectNode parse(byte[] body) {
    try {
      requireUtf8(body);
      if (Json.readStrictly(body) instanceof ObjectNode object) {
        return object;
      }
      throw new BadRequestException(Rule.JSON, "body: must be a JSON object");
    } catch (CharacterCodingException malformed) {
      throw new BadRequestException(Rule.JSON, "body: must be a JSON object in UTF-8");
    } catch (StreamConstraintsException beyond) {
      throw new BadRequestException(Rule.DEPTH, "body: " + beyond.getOriginalMessage());
    } catch (JsonProcessingException malformed) {
      boolean twice = malformed.getOriginalMessage().startsWith("Duplicate");
      throw new BadRequestException(
          twice ? Rule.UNIQUE_KEYS : Rule.JSON,
          "body: must be a JSON object: " + malformed.getOriginalMessage());
    }
  }

  /** A parser of bytes takes more for UTF-8 than there is. */
  private static void requireUtf8(byte[] body) throws CharacterCodingException {
    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
  }

  private void check() {
    model();
    streams();
    asksForUsage();
    choices();
    maxOutputTokens();
    boolean prompted =
        turns().isPresent() || dialect.promptFields().stream().anyMatch(root::hasNonNull);
    if (!prompted) {
      throw new BadRequestException(
          Rule.PROMPT, "body: has no prompt that " + protocol + " knows; add its messages");
    }
  }

  public Protocol protocol() {
    return protocol;
  }

  /** The path to send it to. */
  public String path() {
    return path;
  }

  /** The model it asks for, empty if it names none: at most 128 characters. */
  public String model() {
    return dialect.model(root, path);
  }

  /** Whether it asks for a stream. */
  public boolean streams() {
    return dialect.streams(root, path);
  }

  /** Whether the answer will tell its usage. */
  public boolean asksForUsage() {
    return dialect.asksForUsage(root);
  }

  /**
   * Whether its model may reason before it answers, which is output that a stream need not show.
   * One that is not known may.
   */
  public boolean mayReason() {
    return ReasoningModels.include(model(), root);
  }

  /**
   * What it asks for that its tokens do not pay, or that its body does not show; each with the key
   * that asks for it, as it is written.
   */
  public Map<Extra, String> extras() {
    return extras;
  }

  /** How many answers it asks for: 1 to 128. */
  public long choices() {
    return dialect.choices(root);
  }

  /** The most output tokens of each answer: 0 to {@link Usage#MAX_TOKENS}; empty if unbounded. */
  public OptionalLong maxOutputTokens() {
    return dialect.maxOutputTokens(root);
  }

  /** Input tokens of system message, turns and tools; a flat number for each image or file. */
  public long inputTokens(TokenCounter counter) {
    return Math.min(Usage.MAX_TOKENS, size.tokens(counter));
  }

  /**
   * More input tokens than it can have, whatever tokenizer its model has: each token is a byte of
   * text or more. What is counted flat is counted flat.
   */
  public long mostInputTokens() {
    return Math.min(Usage.MAX_TOKENS, size.textBytes() + size.flatTokens());
  }

  /**
   * What it can use at most: its input, and all the output of all its answers.
   *
   * @param maxOutputIfUnbounded the most tokens of an answer if the request sets no bound: 0 to
   *     {@link Usage#MAX_TOKENS}
   */
  public Estimate estimate(TokenCounter counter, long maxOutputIfUnbounded) {
    long each = maxOutputTokens().orElse(maxOutputIfUnbounded);
    return new Estimate(
        inputTokens(counter), Math.min(Usage.MAX_TOKENS, Math.multiplyExact(each, choices())));
  }

  /** The same request of another model. */
  public AiRequest withModel(String model) {
    ObjectNode copy = root.deepCopy();
    dialect.setModel(copy, model);
    return rewritten(dialect.pathOf(model, path), copy);
  }

  /**
   * The same request with at most so many output tokens of all its answers together. If it asks for
   * more answers than that it gets as many as there are tokens.
   *
   * @param tokens 1 or more
   */
  public AiRequest withMaxOutputTokens(long tokens) {
    long answers = Math.min(choices(), tokens);
    long each = tokens / answers;
    boolean bounded = maxOutputTokens().orElse(Long.MAX_VALUE) <= each;
    if (bounded && answers == choices()) {
      return this;
    }
    ObjectNode copy = root.deepCopy();
    dialect.lowerChoices(copy, answers);
    if (!bounded) {
      dialect.setMaxOutputTokens(copy, each);
    }
    return rewritten(path, copy);
  }

  /**
   * The same request without its oldest exchanges, so that its input has at most so many tokens.
   * System messages and the last exchange stay, even if they alone have more; a tool's result stays
   * with its call.
   */
  public AiRequest withContext(long tokens, TokenCounter counter) {
    long excess = size.tokens(counter) - tokens;
    Optional<ArrayNode> turns = turns();
    if (excess <= 0 || turns.isEmpty()) {
      return this;
    }
    double textTokens = excess + tokens - size.flatTokens();
    double tokensPerByte = textTokens / Math.max(1, size.textBytes());
    Conversation conversation = new Conversation(turns.get(), dialect);
    int dropped = conversation.exchangesToDrop(excess, tokensPerByte);
    ObjectNode copy = root.deepCopy();
    dialect.turns(copy).orElseThrow().removeAll().addAll(conversation.without(dropped));
    return rewritten(path, copy);
  }

  /** The same request, so that the answer tells its usage, stream or not. */
  public AiRequest withUsageReported() {
    if (asksForUsage()) {
      return this;
    }
    ObjectNode copy = root.deepCopy();
    dialect.askForUsage(copy);
    return rewritten(path, copy);
  }

  /** The body to send: as it came if nothing was rewritten. */
  public byte[] body() {
    return bytes.clone();
  }

  private AiRequest rewritten(String newPath, ObjectNode newRoot) {
    return new AiRequest(
        protocol, newPath, newRoot, dialect, newRoot.toString().getBytes(StandardCharsets.UTF_8));
  }

  private PromptSize size() {
    PromptSize whole = new PromptSize();
    Optional<ArrayNode> turns = turns();
    for (String field : dialect.promptFields()) {
      if (turns.isEmpty() || turns.get() != root.get(field)) {
        whole.addField(root, field);
      }
    }
    turns.ifPresent(all -> all.forEach(whole::addTurn));
    dialect.schemas(root).forEach(whole::addVerbatim);
    if (extras.containsKey(Extra.STORED_INPUT)) {
      whole.addStored();
    }
    whole.textBytes();
    return whole;
  }

  private Optional<ArrayNode> turns() {
    return dialect.turns(root);
  }
}
