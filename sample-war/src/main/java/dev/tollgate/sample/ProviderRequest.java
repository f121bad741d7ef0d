package dev.tollgate.sample;

import java.util.Map;

/**
 * A request for a provider, in the provider's own language.
 *
 * @param dialect the language
 * @param headers the caller's headers that are the provider's to read; never a key
 * @param body JSON, as the caller sent it
 */
record ProviderRequest(Dialect dialect, Map<String, String> headers, byte[] body) {}
