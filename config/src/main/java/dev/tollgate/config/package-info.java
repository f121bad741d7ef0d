/**
 * One validated, immutable set of settings from MicroProfile Config, and one engine for an
 * application, shared by its filter and its interceptors.
 */
@NullMarked
package dev.tollgate.config;

import org.jspecify.annotations.NullMarked;
