/**
 * Counters that survive the process, without a server: for one process.
 *
 * <h2>How is it designed, and why?</h2>
 *
 * <p>Memory decides. A {@link dev.tollgate.store.MemoryStore} counts as it does without a file, and
 * tells which accounts, documents and rollups have changed. One thread takes the images of what has
 * changed and appends them to a file as one <em>frame</em>: who settles at the same time shares a
 * write. What is written is never read again before the next start, so the file is a log and
 * nothing else: the later image goes before the earlier one.
 *
 * <p>A frame has a number, a checksum and a note of how much of the file had reached the disk when
 * it was written. A frame that is not whole at the end of the log is the torn end of a write; one
 * that was safe on the disk when a later one was written is damage, which is told and never guessed
 * at.
 *
 * <p>When the log has grown to twice of what is kept, another <em>segment</em> is begun, and
 * everything is told anew in it, between the changes that go on. Then the older segments are
 * deleted. Nothing is ever renamed or written over.
 *
 * <p>When something cannot be written, nothing may change any more until it is: what is in memory
 * goes beyond the file by what was under way, and no further. The frame is written again, at the
 * same place, until there is room. When a disk did not keep what it was told to keep, everything is
 * told anew in another segment.
 */
@NullMarked
package dev.tollgate.store.file;

import org.jspecify.annotations.NullMarked;
