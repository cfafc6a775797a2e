/** Cookies travel over https alone, unless the installation is on this machine: browsers would not send them back there. */
export function isSecure(publicUrl: string): boolean {
  const { hostname } = new URL(publicUrl);
  return hostname !== 'localhost' && hostname !== '[::1]' && !/^127(\.\d+){3}$/.test(hostname);
}
