package framebuffer.vision.decode;

/** Whether video is decoded by hardware. */
public enum HardwareDecoding {
    /** By the first device of this machine that can: VA-API or NVDEC on Linux, VideoToolbox on macOS; in software if there is none. */
    AUTO,
    /** Always in software. */
    NONE
}
