package framebuffer.vision.detect;

import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A detector that may be closed at any time: it is closed after the pictures in progress. A processor leaves handlers behind that outlast its grace, and native code that
 * reads memory which is free again ends the process.
 */
public final class CloseableDetector implements Detector {
    private final Detector detector;
    /** Analysing reads, closing writes: pictures are analysed in parallel. */
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    public CloseableDetector(Detector detector) {
        this.detector = detector;
    }

    @Override
    public String capability() {
        return detector.capability();
    }

    @Override
    public int batch() {
        return detector.batch();
    }

    /** @throws IllegalStateException when the detector is closed */
    @Override
    public Detections detect(byte[] picture, String cameraId) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the detector is closed");
            }
            return detector.detect(picture, cameraId);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Waits for the pictures in progress. May be called more than once. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                detector.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
