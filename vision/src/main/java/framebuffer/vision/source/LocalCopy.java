package framebuffer.vision.source;

import framebuffer.vision.decode.VideoError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/** A temporary copy of a remote file, deleted on close. Readers that have it open may continue. */
final class LocalCopy implements AutoCloseable {
    private static final int AT_ONCE = 1 << 16;

    private final Path file;

    private LocalCopy(Path file) {
        this.file = file;
    }

    /**
     * Downloads a file.
     *
     * @param interrupts checked while waiting, whether to continue
     * @throws IOException when the download or the write fails; the message does not name the address
     */
    static LocalCopy of(String url, AVIOInterruptCB interrupts) throws IOException {
        LocalCopy copy = new LocalCopy(Files.createTempFile("frame-buffer-", ".video"));
        try {
            copy.fetch(url, interrupts);
            return copy;
        } catch (IOException e) {
            copy.close();
            throw e;
        }
    }

    private void fetch(String url, AVIOInterruptCB interrupts) throws IOException {
        AVIOContext from = new AVIOContext(null);
        require(avformat.avio_open2(from, url, avformat.AVIO_FLAG_READ, interrupts, (AVDictionary) null));
        try (OutputStream to = Files.newOutputStream(file)) {
            byte[] bytes = new byte[AT_ONCE];
            int read = avformat.avio_read(from, bytes, AT_ONCE);
            while (read > 0) {
                to.write(bytes, 0, read);
                read = avformat.avio_read(from, bytes, AT_ONCE);
            }
            require(read == avutil.AVERROR_EOF() ? 0 : read);
        } finally {
            avformat.avio_close(from);
        }
    }

    private static void require(int result) throws IOException {
        if (result < 0) {
            throw new IOException(VideoError.text(result));
        }
    }

    /** The path for FFmpeg. */
    String url() {
        return "file:" + file;
    }

    @Override
    public void close() throws IOException {
        Files.delete(file);
    }
}
