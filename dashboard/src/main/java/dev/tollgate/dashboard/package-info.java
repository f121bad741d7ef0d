/** The product's own pages. They know their caller from the filter, and charge nothing. */
@NullMarked
package dev.tollgate.dashboard;

import org.jspecify.annotations.NullMarked;
