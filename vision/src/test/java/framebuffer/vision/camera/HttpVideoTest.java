package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.PictureDelivery;
import framebuffer.vision.source.VideoAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An http:// address may be a recording or live video. */
@Timeout(30)
class HttpVideoTest {
    private VideoServer server;

    @BeforeEach
    void start() throws IOException {
        server = new VideoServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aRecordingIsARecordingHoweverItIsSent() throws IOException {
        byte[] clip = Files.readAllBytes(DemoClip.path());
        for (VideoAddress address : List.of(server.sized("/sized.mp4", clip), server.ranges("/ranges.mp4", clip),
                server.chunked("/chunked.mp4", clip))) {
            try (VideoSource video = Video.open(address, 1)) {
                assertThat(video.delivery()).isEqualTo(PictureDelivery.RECORDING);
                assertThat(Video.shots(video)).extracting(Shot::atMicros).hasSize(20)
                        .startsWith(0L, 1_000_000L).endsWith(19_000_000L);
            }
        }
    }

    /** As phones and cameras write it: the index follows the pictures. */
    @Test
    void aRecordingMayBeDescribedBehindItsPicturesThoughItsServerSendsOnlyFromTheBeginning() throws IOException {
        byte[] clip = Video.bytes("rotated90.mp4");
        for (VideoAddress address : List.of(server.sized("/sized.mp4", clip), server.ranges("/ranges.mp4", clip),
                server.chunked("/chunked.mp4", clip))) {
            try (VideoSource video = Video.open(address, 5)) {
                assertThat(video.delivery()).isEqualTo(PictureDelivery.RECORDING);
                assertThat(Video.shots(video)).hasSize(15);
            }
        }
    }

    @Test
    void aRecordingThatBreaksOffHasNotEnded() throws IOException {
        VideoAddress address = server.cut("/cut.ts", Video.bytes("gap_2h.ts"));
        try (VideoSource video = Video.open(address, 5)) {
            assertThatThrownBy(() -> Video.shots(video)).isInstanceOf(CameraUnavailable.class)
                    .hasMessageContaining("broke off");
        }
    }

    @Test
    void aPlaylistThatEndsIsARecording() throws IOException {
        try (VideoSource video = Video.open(Video.playlist(server, () -> Video.segments(0, 2) + "#EXT-X-ENDLIST\n"),
                5)) {
            assertThat(video.delivery()).isEqualTo(PictureDelivery.RECORDING);
            assertThat(Video.shots(video)).hasSize(30);
        }
    }

    @Test
    void aPlaylistThatGoesOnGivesAsManyPicturesAsAreWantedThoughTheyArriveTogether() throws IOException {
        AtomicInteger first = new AtomicInteger();
        VideoAddress address = Video.playlist(server, () -> Video.segments(first.getAndIncrement(), 3));
        try (VideoSource video = Video.open(address, 5)) {
            assertThat(video.delivery()).isEqualTo(PictureDelivery.SEGMENTED);
            assertThat(Stream.generate(video::next).limit(60).map(Shot::atMicros))
                    .isEqualTo(LongStream.range(0, 60).mapToObj(i -> i * 200_000L).toList());
        }
    }

    @Test
    void whatSaysNeitherLengthNorSizeIsLive() throws IOException {
        try (VideoSource video = Video.open(server.chunked("/live.ts", Video.bytes("gap_2h.ts")), 5)) {
            assertThat(video.delivery()).isEqualTo(PictureDelivery.LIVE);
        }
    }
}
