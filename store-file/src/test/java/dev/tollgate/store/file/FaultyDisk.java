package dev.tollgate.store.file;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Real files on a disk that is full or broken when it is told to be, and forgets at a power failure
 * what it has not forced. Thread-safe.
 */
final class FaultyDisk implements Channels {

  enum Fault {
    NONE,
    /** Writes a random part and fails. */
    FULL,
    /** Writes and forces nothing. */
    BROKEN,
    /** Writes all, does not force it, and never will. */
    UNFORCED
  }

  private static final int ZEROED_BYTES = 40;

  private final Random random;
  private final Map<Path, Long> forcedBytes = new ConcurrentHashMap<>();
  private final Set<Path> neverForced = ConcurrentHashMap.newKeySet();
  private volatile Fault fault = Fault.NONE;

  FaultyDisk(Random random) {
    this.random = random;
  }

  void set(Fault fault) {
    this.fault = fault;
  }

  @Override
  public FileChannel open(Path path, OpenOption... options) throws IOException {
    return new FaultyChannel(path, FileChannel.open(path, options));
  }

  /**
   * What a power failure would leave of a directory: what was forced, and of the rest a part, in
   * which some bytes may be missing.
   */
  Path afterPowerFailure(Path from, Path to) throws IOException {
    Path copy = Kept.copy(from, to);
    for (Path segment : Kept.segments(copy)) {
      long forced = forcedBytes.getOrDefault(from.resolve(segment.getFileName()), 0L);
      try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
        long left = forced + random.nextLong(file.length() - forced + 1);
        file.setLength(left);
        if (left > forced && random.nextBoolean()) {
          file.seek(forced + random.nextLong(left - forced));
          file.write(new byte[(int) Math.min(ZEROED_BYTES, left - file.getFilePointer())]);
        }
      }
    }
    return copy;
  }

  /** What the store does not use is not supported. */
  private final class FaultyChannel extends FileChannel {

    private final Path path;
    private final FileChannel file;

    FaultyChannel(Path path, FileChannel file) {
      this.path = path;
      this.file = file;
    }

    /** Sound disks, too, write less than they are asked to. */
    @Override
    public int write(ByteBuffer source, long position) throws IOException {
      ByteBuffer part = source.duplicate();
      Fault now = fault;
      if (now == Fault.BROKEN) {
        throw new IOException("Input/output error");
      }
      part.limit(part.position() + random.nextInt(part.remaining() + 1));
      int written = file.write(part, position);
      if (now == Fault.FULL) {
        throw new IOException("No space left on device");
      }
      source.position(source.position() + written);
      return written;
    }

    @Override
    public void force(boolean metaData) throws IOException {
      if (fault == Fault.UNFORCED || fault == Fault.BROKEN) {
        neverForced.add(path);
        throw new IOException("Input/output error");
      }
      if (!neverForced.contains(path)) {
        forcedBytes.put(path, file.size());
      }
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      file.truncate(size);
      return this;
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }

    @Override
    public long size() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer target, long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer source) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long newPosition) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }
  }
}
