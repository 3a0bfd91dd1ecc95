package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.vision.source.PictureDeadline;
import framebuffer.vision.source.VideoAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The test videos, and helpers to read them. */
final class Video {
    private static final int SEGMENT_SECONDS = 3;

    private Video() {
    }

    static byte[] bytes(String name) throws IOException {
        try (InputStream file = Video.class.getResourceAsStream("/video/" + name)) {
            if (file == null) {
                throw new IllegalStateException("no video " + name + " beside the tests");
            }
            return file.readAllBytes();
        }
    }

    /** A file with this content. */
    static VideoAddress file(Path folder, String name, byte[] content) throws IOException {
        return new VideoAddress.File(Files.write(folder.resolve(name), content));
    }

    /** A playlist of three-second segments, whose timestamps restart in each. */
    static VideoAddress playlist(VideoServer server, Supplier<String> segments) throws IOException {
        byte[] both = bytes("concat_back.ts");
        server.sized("/segment", Arrays.copyOf(both, both.length / 2));
        return server.playlist("/playlist.m3u8", segments);
    }

    /** The text of a playlist with these segments. */
    static String segments(int first, int count) {
        return "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:" + SEGMENT_SECONDS + "\n#EXT-X-MEDIA-SEQUENCE:"
                + first + "\n" + IntStream.range(first, first + count)
                        .mapToObj(i -> "#EXTINF:" + SEGMENT_SECONDS + ",\n/segment" + i + ".ts\n")
                        .collect(Collectors.joining());
    }

    /** Opens a video for pictures at a rate, with a stopped clock. */
    static VideoSource open(VideoAddress address, double fps) {
        return open(address, Pictures.DEFAULT.withFps(fps));
    }

    static VideoSource open(VideoAddress address, Pictures pictures) {
        return VideoSource.open(address, pictures, () -> 0,
                new PictureDeadline(Pictures.DEFAULT.timeout(), System::nanoTime));
    }

    /** Reads and encodes all pictures to the end. */
    static List<Shot> shots(VideoSource video) {
        List<Shot> shots = new ArrayList<>();
        for (Shot shot = video.next(); shot != null; shot = video.next()) {
            assertThat(shot.jpeg()).isNotEmpty();
            shots.add(shot);
        }
        return shots;
    }
}
