import type { ReactNode } from 'react';

/** A round button with an icon; its name is for those who do not see the icon, and a tip for those who do. */
export function RoundButton(props: {
  name: string;
  icon: ReactNode;
  onClick(): void;
  tone?: 'plain' | 'off' | 'danger';
  disabled?: boolean;
  wide?: string;
}) {
  const { name, icon, onClick, tone = 'plain', disabled, wide } = props;
  return (
    <button
      type="button"
      className={`round ${tone}${wide ? ' wide' : ''}`}
      aria-label={name}
      title={name}
      onClick={onClick}
      disabled={disabled}
    >
      {icon}
      {wide && <span aria-hidden="true">{wide}</span>}
    </button>
  );
}
