package dev.tollgate.config;

import dev.tollgate.Policies;

/**
 * A whole, valid configuration. Immutable.
 *
 * @param policies what the engine decides by
 * @param http how HTTP requests become calls
 * @param store where limits are counted
 * @param alerts where alerts go
 * @param genAiMetrics whether metrics have the names of OpenTelemetry's conventions for generative
 *     AI where there are any
 */
public record Settings(
    Policies policies,
    HttpSettings http,
    StoreSettings store,
    AlertSettings alerts,
    boolean genAiMetrics) {}
