package dev.tollgate.sample;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;

/**
 * What a provider answers, in its own language.
 *
 * @param status the HTTP status
 * @param headers the headers that are the caller's to read
 * @param body the bytes as they come, for one subscriber, which must subscribe
 */
record ProviderReply(
    int status, Map<String, String> headers, Flow.Publisher<List<ByteBuffer>> body) {}
