package dev.tollgate.cdi;

/** Answers in the true formats of providers. */
final class ProviderAnswers {

  private static final String COMPLETION_USAGE =
      """
      {"prompt_tokens":20,"completion_tokens":7,"total_tokens":27,\
      "prompt_tokens_details":{"cached_tokens":10},\
      "completion_tokens_details":{"reasoning_tokens":2}}""";

  /** What {@link #COMPLETION} costs: 10 fresh tokens, 10 cached ones and 7 out, in nano-USD. */
  static final long COMPLETION_COST = 10 * 1000 + 10 * 100 + 7 * 2000;

  static final String COMPLETION =
      """
      {"id":"c1","object":"chat.completion","created":1700000000,"model":"gpt-5-mini",\
      "choices":[{"index":0,"message":{"role":"assistant","content":"Hi there","refusal":null},\
      "logprobs":null,"finish_reason":"stop"}],"usage":"""
          + COMPLETION_USAGE
          + "}";

  static final String CHUNK = chunk("[" + choice("Hi", "null") + "]", "null");
  static final String LAST_CHUNK = chunk("[" + choice(" there", "\"stop\"") + "]", "null");
  static final String USAGE_CHUNK = chunk("[]", COMPLETION_USAGE);
  static final String DONE = "[DONE]";

  static final String ERROR =
      """
      {"error":{"message":"no","type":"some_error","param":null,"code":null}}""";

  static final String RESPONSE =
      """
      {"id":"r1","object":"response","created_at":1700000000,"status":"completed",\
      "model":"gpt-5-mini","output":[],"parallel_tool_calls":true,"tool_choice":"auto","tools":[],\
      "usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":10},\
      "output_tokens":7,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":27}}""";

  static final String RESPONSE_COMPLETED =
      "{\"type\":\"response.completed\",\"sequence_number\":1,\"response\":" + RESPONSE + "}";

  static final String MESSAGE =
      """
      {"id":"m1","type":"message","role":"assistant","model":"claude-opus-4-8",\
      "content":[{"type":"text","text":"Hi there"}],"stop_reason":"end_turn",\
      "stop_sequence":null,"usage":{"input_tokens":20,"cache_creation_input_tokens":4,\
      "cache_read_input_tokens":10,"output_tokens":7}}""";

  /** What {@link #MESSAGE} costs: 20 fresh tokens, 10 read, 4 written and 7 out, in nano-USD. */
  static final long MESSAGE_COST = 20 * 1000 + 10 * 100 + 4 * 1250 + 7 * 2000;

  static final String MESSAGE_START =
      """
      {"type":"message_start","message":{"id":"m1","type":"message","role":"assistant",\
      "model":"claude-opus-4-8","content":[],"stop_reason":null,"stop_sequence":null,\
      "usage":{"input_tokens":20,"cache_creation_input_tokens":4,\
      "cache_read_input_tokens":10,"output_tokens":1}}}""";

  static final String[] MESSAGE_REST = {
    """
    {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
    """
    {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi there"}}""",
    """
    {"type":"content_block_stop","index":0}""",
    """
    {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},\
    "usage":{"output_tokens":7}}""",
    """
    {"type":"message_stop"}"""
  };

  private ProviderAnswers() {}

  private static String chunk(String choices, String usage) {
    return """
    {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-5-mini",\
    "choices":%s,"usage":%s}"""
        .formatted(choices, usage);
  }

  private static String choice(String text, String finish) {
    return """
    {"index":0,"delta":{"role":"assistant","content":"%s"},"logprobs":null,"finish_reason":%s}"""
        .formatted(text, finish);
  }
}
