import type { ReactNode } from 'react';

/** @param sided it points to a side: mirrored where one reads from right to left */
const Icon = ({ children, sided = false }: { children: ReactNode; sided?: boolean }) => (
  <svg
    className={sided ? 'icon sided' : 'icon'}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.8"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    {children}
  </svg>
);

const microphone = (
  <>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
  </>
);
const camera = (
  <>
    <rect x="3" y="6.5" width="12" height="11" rx="3" />
    <path d="m15 11 5-3v8l-5-3" />
  </>
);
const slash = <path d="M4 4l16 16" />;

export const ScreenIcon = ({ off = false }: { off?: boolean }) => (
  <Icon>
    <rect x="3" y="4.5" width="18" height="12" rx="2.5" />
    <path d="M8.5 20h7" />
    {off && slash}
  </Icon>
);

export const MicrophoneIcon = ({ off = false }: { off?: boolean }) => (
  <Icon>
    {microphone}
    {off && slash}
  </Icon>
);

export const CameraIcon = ({ off = false }: { off?: boolean }) => (
  <Icon>
    {camera}
    {off && slash}
  </Icon>
);

export const LeaveIcon = () => (
  <Icon>
    <path d="M3.5 14.5c0-1 .4-1.9 1.2-2.5a12 12 0 0 1 14.6 0c.8.6 1.2 1.5 1.2 2.5v1a1.2 1.2 0 0 1-1.5 1.2l-3.1-.8a1.2 1.2 0 0 1-.9-1.1v-1.5a10.5 10.5 0 0 0-6 0v1.5c0 .5-.4 1-.9 1.1l-3.1.8a1.2 1.2 0 0 1-1.5-1.2z" />
  </Icon>
);

export const SendIcon = () => (
  <Icon>
    <path d="M12 19V5M6 11l6-6 6 6" />
  </Icon>
);

export const ClockIcon = () => (
  <Icon>
    <circle cx="12" cy="13" r="7.5" />
    <path d="M12 9v4l2.5 2M9.5 2.5h5" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="M6.5 6.5l11 11M17.5 6.5l-11 11" />
  </Icon>
);

export const TuneIcon = () => (
  <Icon>
    <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
    <circle cx="15" cy="7" r="2" />
    <circle cx="9" cy="17" r="2" />
  </Icon>
);

export const SoundIcon = () => (
  <Icon sided>
    <path d="M4 10v4h3.5L12 18V6l-4.5 4zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11" />
  </Icon>
);

export const PortraitIcon = () => (
  <Icon>
    <rect x="3.5" y="3.5" width="17" height="17" rx="4" />
    <circle cx="12" cy="10" r="3" />
    <path d="M6.5 19c.6-3 2.8-4.5 5.5-4.5s4.9 1.5 5.5 4.5" />
  </Icon>
);

export const PinIcon = ({ off = false }: { off?: boolean }) => (
  <Icon>
    <path d="M9 4h6l-.8 6 3.3 3.5H6.5L9.8 10zM12 13.5V20" />
    {off && slash}
  </Icon>
);

export const FullScreenIcon = () => (
  <Icon>
    <path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" />
  </Icon>
);

export const GridIcon = ({ off = false }: { off?: boolean }) => (
  <Icon sided>
    {off ? (
      <path d="M4 5h11v14H4zM18.5 5H20v3.5h-1.5zM18.5 10.5H20V14h-1.5zM18.5 16H20v3h-1.5z" />
    ) : (
      <path d="M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z" />
    )}
  </Icon>
);

export const CaptionsIcon = ({ off = false }: { off?: boolean }) => (
  <Icon>
    <rect x="3" y="5" width="18" height="14" rx="3" />
    <path d="M7 14.5h5M14.5 14.5H17M7 11h2.5M12 11h5" />
    {off && slash}
  </Icon>
);

export const HandIcon = () => (
  <Icon>
    <path d="M8 12.5V6a1.4 1.4 0 0 1 2.8 0v5M10.8 11V4.4a1.4 1.4 0 0 1 2.8 0V11M13.6 11V5.8a1.4 1.4 0 0 1 2.8 0v8.7a6 6 0 0 1-6 6c-2.4 0-3.6-1-4.7-2.9l-2-3.5a1.4 1.4 0 0 1 2.3-1.6L8 14.8" />
  </Icon>
);

export const SmileIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M8.5 14c.8 1.4 2 2.1 3.5 2.1s2.7-.7 3.5-2.1M9 9.5v.5M15 9.5v.5" />
  </Icon>
);

export const PeopleIcon = () => (
  <Icon sided>
    <circle cx="9" cy="8" r="3.2" />
    <path d="M3 19c.4-3.6 2.8-5.5 6-5.5s5.6 1.9 6 5.5M15.5 5.2a3.2 3.2 0 0 1 0 5.6M17.5 14c2 .7 3.2 2.4 3.5 5" />
  </Icon>
);

export const FloatIcon = () => (
  <Icon sided>
    <rect x="3" y="5" width="18" height="14" rx="3" />
    <rect x="12" y="11.5" width="6.5" height="5" rx="1" />
  </Icon>
);

export const ClipIcon = () => (
  <Icon>
    <path d="M19.5 11.5 12 19a5 5 0 0 1-7-7l7.8-7.8a3.3 3.3 0 0 1 4.7 4.7l-7.7 7.7a1.7 1.7 0 0 1-2.4-2.4l7-7" />
  </Icon>
);
