package dev.tollgate.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Random;

/** Real files on a disk that is full or broken when it is told to be. Thread-safe. */
final class FaultyDisk implements Channels {

  enum Fault {
    NONE,
    /** Writes a random part and fails. */
    FULL,
    /** Writes and forces nothing. */
    BROKEN,
    /** Writes all, and does not force it. */
    UNFORCED
  }

  private final Random random;
  private volatile Fault fault = Fault.NONE;

  FaultyDisk(Random random) {
    this.random = random;
  }

  void set(Fault fault) {
    this.fault = fault;
  }

  @Override
  public FileChannel open(Path path, OpenOption... options) throws IOException {
    return new FaultyChannel(FileChannel.open(path, options));
  }

  /** What the store does not use is not supported. */
  private final class FaultyChannel extends FileChannel {

    private final FileChannel file;

    FaultyChannel(FileChannel file) {
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
        throw new IOException("Input/output error");
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
