package framebuffer.vision.decode;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.vision.camera.DemoClip;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HardwareDeviceTest {
    @BeforeAll
    static void quiet() {
        avutil.av_log_set_level(avutil.AV_LOG_QUIET);
    }

    @Test
    void eachSystemHasItsKindsOfDevices() {
        assertThat(HardwareDevice.kinds("Linux")).containsExactly("vaapi", "cuda");
        assertThat(HardwareDevice.kinds("Mac OS X")).containsExactly("videotoolbox");
    }

    @Test
    void whyThereIsNoDeviceIsSaidForEachKind() {
        List<String> faults = new ArrayList<>();
        assertThat(HardwareDevice.find(List.of("vaapi", "abacus"), "/dev/dri/none", faults)).isEmpty();
        assertThat(faults).hasSize(2).first().asString().startsWith("no vaapi device (");
        assertThat(faults.getLast()).isEqualTo("no abacus device (Function not implemented)");
    }

    @Test
    @Timeout(4)
    void theSearchForADeviceTakesLessThanItsTimeout() {
        assertThat(HardwareDevice.ofThisMachine()).isSameAs(HardwareDevice.ofThisMachine());
    }

    @Test
    void aDeviceThatIsBrokenLeavesDecodingToSoftware() {
        HardwareDevice broken = new HardwareDevice("vaapi", avutil.AV_HWDEVICE_TYPE_VAAPI,
                avutil.av_hwdevice_ctx_alloc(avutil.AV_HWDEVICE_TYPE_VAAPI));
        AVFormatContext context = avformat.avformat_alloc_context();
        assertThat(avformat.avformat_open_input(context, DemoClip.path().toString(), null, null)).isZero();
        assertThat(avformat.avformat_find_stream_info(context, (AVDictionary) null)).isNotNegative();
        AVPacket packet = avcodec.av_packet_alloc();
        int pictures = 0;
        try (PictureDecoder decoder = PictureDecoder.open(context.streams(0), broken)) {
            while (avformat.av_read_frame(context, packet) >= 0) {
                assertThat(decoder.decode(packet)).isTrue();
                avcodec.av_packet_unref(packet);
                while (decoder.receive() == 0) {
                    pictures++;
                }
            }
            assertThat(decoder.name()).isEqualTo("h264 (software)");
            assertThat(decoder.counts(0).undecodable()).isZero();
        }
        avcodec.av_packet_free(packet);
        avformat.avformat_close_input(context);
        assertThat(pictures).isEqualTo(200);
    }
}
