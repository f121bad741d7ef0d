package dev.tollgate;

/**
 * How a sink does.
 *
 * @param name its name, which tells no secret
 * @param delivered alerts that arrived
 * @param retried deliveries that failed and were put off
 * @param lost alerts that were given up, or found the queue full
 * @param waiting alerts that wait now
 */
public record SinkState(String name, long delivered, long retried, long lost, int waiting) {}
