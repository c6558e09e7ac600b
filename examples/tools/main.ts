/** Opens the shop: `VISAVIS_TOOL_SHOP=… node examples/tools/main.ts`. */
import { createShop } from './orders.ts';

const PORT = 4100;
const { VISAVIS_TOOL_SHOP: token } = process.env;
if (!token) throw new Error('set VISAVIS_TOOL_SHOP to the token that the avatar will show');
createShop(token, console.log).listen(PORT, '127.0.0.1', () =>
  console.log(`The shop is open at http://127.0.0.1:${PORT}`),
);
